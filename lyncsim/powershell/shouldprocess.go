package powershell

import (
	"fmt"

	"github.com/fedroute/fedroute/lyncsim/powershell/value"
)

// shouldProcess decides whether an action is carried out.
func (inv *invocation) shouldProcess(target, action string) (bool, error) {
	if action == "" {
		action = inv.name
	}
	if inv.whatIf() {
		return false, inv.frame.rs.host.line(fmt.Sprintf("What if: Performing the operation \"%s\" on target \"%s\".", action, target))
	}
	if !inv.mustConfirm() {
		message := fmt.Sprintf("Performing the operation \"%s\" on target \"%s\".", action, target)
		return true, inv.message(verboseStream, message)
	}
	exception := value.NewException(invalidOperation,
		"PowerShell is in NonInteractive mode. Read and Prompt functionality is not available.")
	if inv.frame.rs.Edition() == Windows51 {
		exception.Message = "Windows PowerShell is in NonInteractive mode. Read and Prompt functionality is not available."
	}
	return false, value.NewErrorRecord(exception, "InvalidOperation", "InvalidOperation", nil)
}

func (inv *invocation) whatIf() bool {
	if v, ok := inv.bound.get("WhatIf"); ok {
		return value.Truth(v)
	}
	v, _ := inv.preferenceScope().find("WhatIfPreference")
	return v != nil && value.Truth(plain(v.value))
}

// impacts orders the words of ConfirmImpact and $ConfirmPreference.
var impacts = value.NewEnumType("System.Management.Automation.ConfirmImpact", "None", "Low", "Medium", "High")

func (inv *invocation) mustConfirm() bool {
	if v, ok := inv.bound.get("Confirm"); ok {
		return value.Truth(v)
	}
	v, ok := inv.preferenceScope().find("ConfirmPreference")
	if !ok {
		return false
	}
	threshold, impact := impacts.Of(value.Text(plain(v.value))), impacts.Of(inv.confirmImpact)
	return threshold.Value != 0 && impact.Value >= threshold.Value
}

// preferenceScope is where the preference variables of this call are looked up.
func (inv *invocation) preferenceScope() *scope {
	if inv.scope != nil {
		return inv.scope
	}
	return inv.frame.scope
}
