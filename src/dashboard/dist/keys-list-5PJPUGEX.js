import{Pb as o,Qb as r}from"./chunk-4YTQOK3W.js";export{r as KeysList,o as SingleKeys};
