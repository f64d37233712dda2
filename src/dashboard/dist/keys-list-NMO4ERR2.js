import{qa as o,ra as r}from"./chunk-4A23ZQN4.js";import"./chunk-RQYE7NDJ.js";export{r as KeysList,o as SingleKeys};
