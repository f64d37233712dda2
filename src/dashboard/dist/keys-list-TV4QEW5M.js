import{a,b}from"./chunk-JF7GDEST.js";import"./chunk-YXY3356U.js";import"./chunk-T3UATJ4C.js";import"./chunk-O2OX7MLG.js";export{b as KeysList,a as SingleKeys};
