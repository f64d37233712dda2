import{Ca as o}from"./chunk-HDWJZF4Q.js";import"./chunk-2YCCL6OQ.js";export{o as App};
