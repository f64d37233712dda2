import{a,b}from"./chunk-KWG4ENNP.js";import"./chunk-CXOSANWF.js";import"./chunk-5YF72EWA.js";import"./chunk-4NCHALIN.js";export{b as KeysList,a as SingleKeys};
