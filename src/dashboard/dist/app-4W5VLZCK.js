import{Ca as o}from"./chunk-4A23ZQN4.js";import"./chunk-RQYE7NDJ.js";export{o as App};
