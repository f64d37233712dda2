import{a as o,b as r}from"./chunk-QAUHECLK.js";import"./chunk-5PYMZDYJ.js";export{r as KeysList,o as SingleKeys};
