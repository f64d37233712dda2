import{a,b}from"./chunk-RUQ5YEF3.js";import"./chunk-DKKD445N.js";import"./chunk-2KFI7WM7.js";import"./chunk-HY4EHA2H.js";export{b as KeysList,a as SingleKeys};
