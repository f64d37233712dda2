import{a as o,b as r}from"./chunk-FKUG2SE3.js";import"./chunk-PTQBI3UH.js";export{r as KeysList,o as SingleKeys};
