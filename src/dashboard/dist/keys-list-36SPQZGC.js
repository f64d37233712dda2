import{a,b}from"./chunk-HXOTQHZ4.js";import"./chunk-RSIAZU5M.js";import"./chunk-6PHR7Q34.js";import"./chunk-5HR5CFUA.js";export{b as KeysList,a as SingleKeys};
