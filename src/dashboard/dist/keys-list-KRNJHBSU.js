import{a as o,b as r}from"./chunk-BEWXVD7Z.js";import"./chunk-AIN5OZFX.js";export{r as KeysList,o as SingleKeys};
