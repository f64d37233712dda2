import{a,b}from"./chunk-IADCGWPL.js";import"./chunk-SJS4SIW3.js";import"./chunk-ZWQFDKMP.js";import"./chunk-YAEMO5D6.js";export{b as KeysList,a as SingleKeys};
