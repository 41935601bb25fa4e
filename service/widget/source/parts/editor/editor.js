/* Lets visitors edit and withdraw their own comments, as long as the site allows it. */

import { editOwnComment, withdrawOwnComment } from "../../api.js";
import { element, labelled, quietButton } from "../../dom.js";
import { problemText } from "../../form_problems.js";

export class CommentEditor {
  /* `view` is the comments element. It provides `localize`, `ownComments`, `form`, `announce`, `refresh` and `render`. */
  constructor(view) {
    this.view = view;
    this.id = ""; // the comment that is being edited
  }

  isEditing(id) { return this.id === id; }

  /* The buttons below an own comment. Withdrawing takes two clicks, because it cannot be undone. */
  buttons(own) {
    const { localize } = this.view;
    const edit = quietButton(localize("edit"), () => this.open(own));
    const withdraw = quietButton(localize("withdraw"), () => {
      withdraw.textContent = localize("confirmWithdraw");
      withdraw.onclick = () => { withdraw.disabled = true; this.withdraw(own); };
    });
    return this.isEditing(own.id) ? [withdraw] : [edit, withdraw];
  }

  /* Open a form in place of the text. It stays the same element when the list is drawn again, so no input is lost. */
  open(own) {
    const { localize, form } = this.view, { content: maxLength } = form.settings.lengths;
    this.input = element("textarea", { id: "edit-content", required: true, value: own.content, part: "input" });
    if (maxLength) this.input.maxLength = maxLength;
    this.alert = element("p", { role: "alert", className: "problem" });
    this.saveButton = element("button", { part: "button" }, localize("save"));
    this.form = element("form", { part: "form" }, labelled(this.input, localize("comment"), "wide"), this.alert,
      this.saveButton, quietButton(localize("cancelEdit"), () => this.close(own)));
    this.form.onsubmit = (event) => { event.preventDefault(); this.save(own); };
    this.id = own.id;
    this.view.render();
    this.input.focus();
  }

  close(own) {
    this.id = "";
    this.view.render();
    const article = this.view.shadowRoot.getElementById(`comment-${own.id}`);
    if (article) article.focus({ preventScroll: true });
  }

  async save(own) {
    const { view } = this;
    this.saveButton.disabled = true;
    const answer = await editOwnComment(own, this.input.value).catch(() => null);
    this.saveButton.disabled = false;
    if (!answer || answer.status !== 202) {
      this.alert.textContent = this.failureText(answer);
      return;
    }
    const readersSeeChange = view.ownComments.update(own, answer.body);
    view.ownComments.save();
    view.announce(own.status === "pending" ? "awaitingModeration" : own.edit === "pending" ? "editAwaitingModeration" : "published");
    if (readersSeeChange) await view.refresh();
    this.close(own);
    view.ownComments.checkStatus();
  }

  async withdraw(own) {
    const { view } = this;
    const answer = await withdrawOwnComment(own).catch(() => null);
    if (answer && answer.status === 200) {
      view.ownComments.remove(own);
      view.announce("withdrawn");
      await view.refresh();
    } else {
      view.status.textContent = this.failureText(answer);
    }
    view.render();
  }

  failureText(answer) {
    const { localize } = this.view;
    if (!answer) return localize("sendFailed");
    if (answer.retryAfter) return localize("retryAfter", { n: answer.retryAfter });
    const problems = (answer.body.problems || []).map((problem) => problemText(problem, localize)).join(" ");
    return problems || answer.body.detail || answer.body.title;
  }
}
