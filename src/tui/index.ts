export { openDashboard, type Dashboard, type DashboardHandlers, type Subject } from './dashboard.ts';
