import{Pb as o,Qb as r}from"./chunk-EQ5K6COM.js";export{r as KeysList,o as SingleKeys};
