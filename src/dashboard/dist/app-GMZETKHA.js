import{Ca as o}from"./chunk-IR5ZBW6E.js";import"./chunk-GAR3Z54U.js";export{o as App};
