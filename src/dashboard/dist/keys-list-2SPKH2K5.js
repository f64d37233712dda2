import{a as o,b as r}from"./chunk-VYR7T766.js";import"./chunk-FA6O6OH4.js";export{r as KeysList,o as SingleKeys};
