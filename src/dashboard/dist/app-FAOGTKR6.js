import{Ca as o}from"./chunk-O72RUV5I.js";import"./chunk-WZNF6YXC.js";export{o as App};
