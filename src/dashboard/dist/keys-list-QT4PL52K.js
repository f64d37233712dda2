import{qa as o,ra as r}from"./chunk-IR5ZBW6E.js";import"./chunk-GAR3Z54U.js";export{r as KeysList,o as SingleKeys};
