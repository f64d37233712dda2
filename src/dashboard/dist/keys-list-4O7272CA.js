import{Pb as o,Qb as r}from"./chunk-KMPW6JMH.js";export{r as KeysList,o as SingleKeys};
