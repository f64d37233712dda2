import{a as o,b as r}from"./chunk-WJUI53D4.js";import"./chunk-BZRSZN3Z.js";export{r as KeysList,o as SingleKeys};
