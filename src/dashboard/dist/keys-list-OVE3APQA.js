import{a as o,b as r}from"./chunk-LT4PAEMZ.js";import"./chunk-B5LZR6WQ.js";export{r as KeysList,o as SingleKeys};
