var t=s=>/^msg_[0-9a-f]{32}$/i.test(s);export{t as a};
