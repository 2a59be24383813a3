import { render } from 'preact';
import { App } from './app.tsx';
import { live } from './live.ts';
import { takeTokenFromAddress } from './server.ts';
import './style.css';

takeTokenFromAddress();
live.start();
const root = document.getElementById('app');
if (root) render(<App />, root);
