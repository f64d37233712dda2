import{a as o,b as r}from"./chunk-ENVSB4R2.js";import"./chunk-GZLHGHLY.js";export{r as KeysList,o as SingleKeys};
