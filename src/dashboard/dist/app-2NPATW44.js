import{Ca as o}from"./chunk-HTO6RYDM.js";import"./chunk-GEAG7HDY.js";export{o as App};
