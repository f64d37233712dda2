import{Ca as o}from"./chunk-AKRPJOYB.js";import"./chunk-6FKFCSTP.js";export{o as App};
