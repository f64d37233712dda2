import{Pb as o,Qb as r}from"./chunk-ADNSSVGZ.js";export{r as KeysList,o as SingleKeys};
