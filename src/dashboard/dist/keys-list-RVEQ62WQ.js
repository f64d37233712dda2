import{Pb as o,Qb as r}from"./chunk-P4TVC56G.js";export{r as KeysList,o as SingleKeys};
