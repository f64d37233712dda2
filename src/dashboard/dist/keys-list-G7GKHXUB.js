import{a,b}from"./chunk-3J4CU7WX.js";import"./chunk-W3XBYCM4.js";import"./chunk-4SEKKEXE.js";import"./chunk-D4JGEYS7.js";export{b as KeysList,a as SingleKeys};
