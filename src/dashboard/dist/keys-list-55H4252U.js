import{a as o,b as r}from"./chunk-KF4TK4GU.js";import"./chunk-QVLWUOA4.js";export{r as KeysList,o as SingleKeys};
