import{a,b}from"./chunk-USFUS7ON.js";import"./chunk-WVBE2ZRF.js";import"./chunk-PG4QAG7A.js";import"./chunk-6PO2G7EF.js";export{b as KeysList,a as SingleKeys};
