import{a,b}from"./chunk-CU5MF3EB.js";import"./chunk-POZITSS6.js";import"./chunk-IJQXGTVJ.js";import"./chunk-KKY6QNB6.js";export{b as KeysList,a as SingleKeys};
