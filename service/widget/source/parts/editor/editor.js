/* Lets visitors edit and withdraw their own comments, as long as the site allows it. */

import { element, labelled, quietButton } from "../../dom.js";
import { problemText } from "../../form_problems.js";
import { openMenu } from "./menu.js";

export class CommentEditor {
  /* `view` is the conversation. */
  constructor(view) {
    this.view = view;
    this.id = ""; // the comment that is being edited
  }

  isEditing(id) { return this.id === id; }

  /* Open the menu of an own comment. Withdrawing takes two clicks, because it cannot be undone. */
  openMenu(opener, own) {
    const { localize } = this.view, minutes = Math.max(1, Math.round((own.until - Date.now()) / 60000));
    let isSure = false;
    openMenu(opener, [
      [`${localize("edit")} · ${localize("timeLeft", { n: minutes })}`, () => this.open(own)],
      [localize("withdraw"), (item) => {
        if (isSure) { this.withdraw(own); return false; }
        item.textContent = localize("confirmWithdraw");
        isSure = true;
        return true;
      }],
    ]);
  }

  /* Open a form in place of the text. It stays the same element when the list is drawn again, so no input is lost. */
  open(own) {
    const { localize, form } = this.view, { content: maxLength } = form.settings.lengths;
    this.input = element("textarea", { id: "edit-content", required: true, value: own.content, part: "input" });
    if (maxLength) this.input.maxLength = maxLength;
    this.alert = element("p", { role: "alert", className: "problem" });
    this.saveButton = element("button", { part: "button" }, localize("save"));
    this.form = element("form", { part: "form", noValidate: true }, labelled(this.input, localize("comment")), this.alert,
      this.saveButton, quietButton(localize("cancelEdit"), () => this.close(own)));
    this.form.onsubmit = (event) => { event.preventDefault(); this.save(own); };
    this.id = own.id;
    this.view.render();
    this.input.focus();
  }

  close(own) {
    this.id = "";
    this.view.render();
    this.view.focusComment(own.id);
  }

  async save(own) {
    const { view } = this;
    this.saveButton.disabled = true;
    const answer = await view.api.editOwnComment(own, this.input.value).catch(() => null);
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
    const answer = await view.api.withdrawOwnComment(own).catch(() => null);
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
    return problems || localize.failure(answer.body);
  }
}
