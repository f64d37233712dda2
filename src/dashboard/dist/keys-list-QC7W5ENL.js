import{Pb as o,Qb as r}from"./chunk-AXZCSW5P.js";export{r as KeysList,o as SingleKeys};
