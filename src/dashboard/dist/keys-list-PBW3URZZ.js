import{a,b}from"./chunk-4372ODAF.js";import"./chunk-SQNEEHJ3.js";import"./chunk-BRZCSOCA.js";import"./chunk-DRX43636.js";export{b as KeysList,a as SingleKeys};
