import{a,b}from"./chunk-PTEWQGXG.js";import"./chunk-O7BUK4AN.js";import"./chunk-22PCGVPW.js";import"./chunk-CXE33AI2.js";export{b as KeysList,a as SingleKeys};
