import{a as o,b as r}from"./chunk-W7YAQG7W.js";import"./chunk-3ZHW2R2M.js";export{r as KeysList,o as SingleKeys};
