import{Pb as o,Qb as r}from"./chunk-FJUJUBBW.js";export{r as KeysList,o as SingleKeys};
