import{qa as o,ra as r}from"./chunk-HDWJZF4Q.js";import"./chunk-2YCCL6OQ.js";export{r as KeysList,o as SingleKeys};
