import * as vscode from 'vscode';

/** One thing that the extension has asked or said. */
export interface Asked {
  /** The message of a dialog, the placeholder of a list, or the prompt of a line of text. */
  readonly text: string;
  /** More text of it; of a list, the details of its rows. */
  readonly detail: string;
  /** Buttons or labels of rows that can be chosen. */
  readonly choices: readonly string[];
}

/** What the extension has asked, and what a person answers. */
export interface Person {
  readonly asked: Asked[];
  /**
   * Labels of buttons and rows that are chosen where they are offered, and of buttons of rows as `row > button`, which
   * are pressed first; anything else is dismissed. Where several are offered, the first of these.
   */
  chooses: readonly string[];
  /** What is typed into lines of text, one after the other; when nothing is left, a line is dismissed. */
  types: string[];
  /** Where files are saved to or opened from; nowhere without it. */
  file: vscode.Uri | undefined;
}

const dialogs = ['showInformationMessage', 'showWarningMessage', 'showErrorMessage'] as const;

/** Answers dialogs, lists and lines of text in the tests of the surrounding `describe`: nobody sits before this editor. */
export function usePerson(): Person {
  const person: Person = { asked: [], chooses: [], types: [], file: undefined };
  const { window } = vscode;
  const former = { ...window };
  const answers = {
    ...Object.fromEntries(dialogs.map((name) => [name, answerDialogs(person)])),
    showQuickPick: answerLists(person),
    showSaveDialog: () => Promise.resolve(person.file),
    showOpenDialog: () => Promise.resolve(person.file === undefined ? undefined : [person.file]),
    showInputBox: ({ prompt = '', value = '' }: vscode.InputBoxOptions) =>
      Promise.resolve(typed(person, prompt, value)),
    createQuickPick: () => new AnsweredPick(person),
    createInputBox: () => new AnsweredBox(person),
  };
  before(() => Object.assign(window, answers));
  beforeEach(() => Object.assign(person, { chooses: [], types: [], file: undefined }));
  beforeEach(() => void person.asked.splice(0));
  after(() => {
    for (const name of Object.keys(answers) as (keyof typeof answers)[])
      Object.assign(window, { [name]: former[name as keyof typeof former] });
  });
  return person;
}

function answerDialogs(person: Person) {
  return (text: string, ...rest: unknown[]): Promise<string | undefined> => {
    const [first] = rest;
    const isOptions = typeof first === 'object' && first !== null;
    const { detail = '' }: vscode.MessageOptions = isOptions ? first : {};
    const choices = (isOptions ? rest.slice(1) : rest).map(String);
    person.asked.push({ text, detail, choices });
    return Promise.resolve(person.chooses.find((choice) => choices.includes(choice)));
  };
}

function answerLists(person: Person) {
  return (
    offered: readonly (vscode.QuickPickItem | string)[],
    { placeHolder = '', canPickMany = false }: vscode.QuickPickOptions,
  ): Promise<unknown> => {
    const items = offered.map((item) => (typeof item === 'string' ? { label: item } : item));
    noteList(person, placeHolder, items);
    const chosen = offered.filter((_, index) => person.chooses.includes(items[index]?.label ?? ''));
    return Promise.resolve(canPickMany ? chosen : chosen[0]);
  };
}

function noteList(person: Person, text: string, items: readonly vscode.QuickPickItem[]): void {
  const choices = items
    .filter(({ kind }) => kind !== vscode.QuickPickItemKind.Separator)
    .map(({ label }) => label);
  person.asked.push({ text, detail: items.map((item) => item.detail ?? '').join('\n'), choices });
}

/** What is typed into a line; what stands there for the text `*`. */
function typed(person: Person, prompt: string, value: string): string | undefined {
  person.asked.push({ text: prompt, detail: '', choices: [] });
  const text = person.types.shift();
  return text === '*' ? value : text;
}

/** What lists and lines of text have in common. */
class AnsweredInput {
  placeholder = '';
  readonly onDidAccept: vscode.Event<void>;
  readonly onDidHide: vscode.Event<void>;
  readonly onDidChangeValue = never<string>();
  readonly onDidTriggerButton = never<vscode.QuickInputButton>();
  readonly person: Person;
  readonly #accepted = new vscode.EventEmitter<void>();
  readonly #hidden = new vscode.EventEmitter<void>();
  #isOpen = true;

  constructor(person: Person) {
    this.person = person;
    this.onDidAccept = this.#accepted.event;
    this.onDidHide = this.#hidden.event;
  }

  accept(): void {
    this.#accepted.fire();
  }

  hide(): void {
    if (!this.#isOpen) return;
    this.#isOpen = false;
    this.#hidden.fire();
  }

  dispose(): void {
    this.hide();
  }
}

/** A line of text that is answered when it is shown. What is wrong with the answer is kept as a question of its own. */
class AnsweredBox extends AnsweredInput {
  prompt = '';
  value = '';
  validationMessage: string | undefined;

  show(): void {
    setImmediate(() => {
      const text = typed(this.person, this.prompt, this.value);
      if (text === undefined) {
        this.hide();
        return;
      }
      this.value = text;
      this.accept();
      if (this.validationMessage === undefined) return;
      this.person.asked.push({ text: this.validationMessage, detail: '', choices: [] });
      this.show();
    });
  }
}

/** A list that is answered as soon as it has what the person wants, or dismissed when all is there. */
class AnsweredPick extends AnsweredInput {
  canSelectMany = false;
  selectedItems: readonly vscode.QuickPickItem[] = [];
  activeItems: readonly vscode.QuickPickItem[] = [];
  readonly onDidChangeSelection = never<readonly vscode.QuickPickItem[]>();
  readonly #pressed = new vscode.EventEmitter<vscode.QuickPickItemButtonEvent<vscode.QuickPickItem>>();
  readonly onDidTriggerItemButton = this.#pressed.event;
  readonly #done = new Set<string>();
  #items: readonly vscode.QuickPickItem[] = [];
  #isBusy = false;
  #isShown = false;

  get items(): readonly vscode.QuickPickItem[] {
    return this.#items;
  }

  set items(items: readonly vscode.QuickPickItem[]) {
    this.#items = items;
    this.#look();
  }

  get busy(): boolean {
    return this.#isBusy;
  }

  set busy(isBusy: boolean) {
    this.#isBusy = isBusy;
    this.#look();
  }

  show(): void {
    this.#isShown = true;
    this.#look();
  }

  /** Later, since whoever made the list may still be about to fill it. */
  #look(): void {
    if (this.#isShown) setImmediate(() => this.#answer());
  }

  #answer(): void {
    const { chooses } = this.person;
    if (!this.#isShown) return;
    if (this.#isBusy && !this.#items.some(({ label }) => chooses.includes(label))) return;
    if (this.#pressButtons()) {
      this.#look();
      return;
    }
    const chosen = this.#items.filter(({ label }) => chooses.includes(label));
    this.#isShown = false;
    noteList(this.person, this.placeholder, this.#items);
    this.selectedItems = this.canSelectMany ? chosen : chosen.slice(0, 1);
    if (chosen.length === 0) this.hide();
    else this.accept();
  }

  #pressButtons(): boolean {
    for (const item of this.#items) {
      for (const button of item.buttons ?? []) {
        const name = `${item.label} > ${button.tooltip ?? ''}`;
        if (!this.person.chooses.includes(name) || this.#done.has(name)) continue;
        this.#done.add(name);
        this.#pressed.fire({ item, button });
        return true;
      }
    }
    return false;
  }
}

/** An event that does not happen. */
function never<T>(): vscode.Event<T> {
  return new vscode.EventEmitter<T>().event;
}
