export { Accounts } from './accounts.ts';
export { Budgets } from './budgets.ts';
export type { BudgetReport } from './report.ts';
export { SavedBudgets, type SetOrRemove } from './saved-budgets.ts';
export { budgets } from './stage.ts';
