import{a as o,b as r}from"./chunk-O5VUWCU7.js";import"./chunk-573257LG.js";export{r as KeysList,o as SingleKeys};
