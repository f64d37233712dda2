import{a as o,b as r}from"./chunk-FQCQ4OUR.js";import"./chunk-USU36IL7.js";export{r as KeysList,o as SingleKeys};
