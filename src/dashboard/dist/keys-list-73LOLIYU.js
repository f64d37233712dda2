import{Pb as o,Qb as r}from"./chunk-OA6LBNTQ.js";export{r as KeysList,o as SingleKeys};
