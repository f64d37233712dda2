var e=["viewer","editor","admin"],o={viewer:"roleViewer",editor:"roleEditor",admin:"roleAdmin"},r={viewer:"roleViewerText",editor:"roleEditorText",admin:"roleAdminText"};export{e as a,o as b,r as c};
