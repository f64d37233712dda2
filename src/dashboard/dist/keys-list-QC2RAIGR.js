import{a as o,b as r}from"./chunk-CUR5UXPL.js";import"./chunk-XBDAZ25G.js";export{r as KeysList,o as SingleKeys};
