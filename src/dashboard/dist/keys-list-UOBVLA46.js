import{a,b}from"./chunk-A6IENAQF.js";import"./chunk-4XX7UDVP.js";import"./chunk-UIBKLSDZ.js";import"./chunk-Z4HK3HXH.js";export{b as KeysList,a as SingleKeys};
