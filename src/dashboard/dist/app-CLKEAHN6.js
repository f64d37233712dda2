import{Ca as o}from"./chunk-APIR5JFM.js";import"./chunk-KUTGQXS7.js";export{o as App};
