package dotnet

import (
	"fmt"

	"github.com/fedroute/fedroute/lyncsim/powershell/value"
)

// engineTypes declares PowerShell's own classes.
func engineTypes() []*Type {
	return []*Type{
		{Name: "System.Management.Automation.ParameterMetadata"},
		{Name: "System.Management.Automation.ErrorRecord", New: newErrorRecord, Members: errorRecordMembers()},
		{Name: "System.Management.Automation.ScriptBlock",
			Static: members(static("Create", 1, 1, func(a *Args) (any, error) { return a.Env.Engine.CreateBlock(a.Text(0)) })),
			Convert: func(_ *Env, v any) (any, error) {
				t, _ := Lookup("scriptblock")
				return nil, castNever(v, t)
			},
			Members: members(
				Member{Name: "Invoke", Max: 99, Call: func(self any, a *Args) (any, error) {
					out, err := a.Env.Engine.InvokeBlock(self, a.list)
					return value.NewCollection("System.Collections.ObjectModel.Collection`1[System.Management.Automation.PSObject]", out...), err
				}},
				Member{Name: "InvokeReturnAsIs", Max: 99, Call: func(self any, a *Args) (any, error) {
					out, err := a.Env.Engine.InvokeBlock(self, a.list)
					if len(out) == 1 {
						return out[0], err
					}
					return out, err
				}}),
			Refused: []string{"Ast", "Attributes", "File", "Id", "IsFilter", "Module", "StartPosition", "CheckRestrictedLanguage",
				"GetPowerShell", "GetSteppablePipeline", "InvokeWithContext"}},
		{Name: "System.Management.Automation.PSSerializer", Static: members(
			static("Serialize", 1, 2, func(a *Args) (any, error) {
				if a.Len() == 2 {
					return SerializeDepth(a.At(0), a.Int(1))
				}
				return Serialize(a.At(0))
			}),
			static("Deserialize", 1, 1, func(a *Args) (any, error) { return Deserialize(a.Text(0)) }))},
		{Name: "System.Management.Automation.PSScriptCmdlet"},
		{Name: "System.Management.Automation.ErrorDetails", New: func(a *Args) (any, error) { return errorDetails(a.Text(0)), nil }},
		{Name: "System.Management.Automation.PSNoteProperty", New: newNoteProperty},
		referenceType(),
		{Name: "System.Management.Automation.PSTypeName", Refused: []string{"*"}},
	}
}

func errorDetails(message string) *value.Object {
	o := value.NewObject("System.Management.Automation.ErrorDetails").Set("Message", message).Set("RecommendedAction", "")
	o.Text = func() string { return message }
	return o
}

func newErrorRecord(a *Args) (any, error) {
	if a.Len() != 4 {
		return nil, &MissingMember{Type: "System.Management.Automation.ErrorRecord", Name: ".ctor", Method: true, Known: true, Arguments: a.Len()}
	}
	exception, ok := a.At(0).(*value.Exception)
	if !ok {
		exception = value.NewException("System.Exception", a.Text(0))
	}
	t, _ := Lookup(value.Category.Name)
	category, err := Convert(a.Env, a.At(2), t)
	if err != nil {
		return nil, err
	}
	return value.NewErrorRecord(exception, a.Text(1), category.(value.Enum).String(), a.At(3)), nil
}

func errorRecordMembers() Members {
	return members(
		prop("Exception", func(r *value.ErrorRecord) any { return r.Exception }),
		prop("FullyQualifiedErrorId", func(r *value.ErrorRecord) any { return r.FullID() }),
		prop("CategoryInfo", func(r *value.ErrorRecord) any { return CategoryInfo(r) }),
		prop("TargetObject", func(r *value.ErrorRecord) any { return r.Target }),
		prop("InvocationInfo", func(r *value.ErrorRecord) any { return invocationInfo(r) }),
		Member{Name: "ErrorDetails", Get: func(_ *Env, self any) (any, error) {
			r := self.(*value.ErrorRecord)
			if r.Details == "" {
				return nil, nil
			}
			return errorDetails(r.Details), nil
		}, Set: func(_ *Env, self, v any) error {
			self.(*value.ErrorRecord).Details = text(v)
			return nil
		}},
		prop("ScriptStackTrace", func(r *value.ErrorRecord) any {
			if r.Invocation == nil {
				return ""
			}
			return fmt.Sprintf("at <ScriptBlock>, <No file>: line %d", r.Invocation.Line)
		}),
		method("ToString", 0, 0, func(r *value.ErrorRecord, _ *Args) (any, error) { return r.Message(), nil }))
}

// CategoryInfo is the CategoryInfo of a record.
func CategoryInfo(r *value.ErrorRecord) *value.Object {
	target, targetType := text(r.Target), value.ShortName(value.TypeName(r.Target))
	reason := r.Exception.ShortType()
	o := value.NewObject("System.Management.Automation.ErrorCategoryInfo")
	o.Set("Category", value.Category.Of(r.Category)).Set("Activity", r.Activity).Set("Reason", reason).
		Set("TargetName", target).Set("TargetType", targetType)
	o.Text = func() string {
		return fmt.Sprintf("%s: (%s:%s) [%s], %s", r.Category, target, targetType, r.Activity, reason)
	}
	return o
}

func invocationInfo(r *value.ErrorRecord) any {
	at := r.Invocation
	if at == nil {
		return nil
	}
	o := value.NewObject("System.Management.Automation.InvocationInfo")
	position := fmt.Sprintf("At line:%d char:%d\n+ %s", at.Line, at.Char, at.Text)
	return o.Set("MyCommand", commandNamed(at.Name)).Set("InvocationName", at.Name).Set("ScriptLineNumber", at.Line).
		Set("OffsetInLine", at.Char).Set("Line", at.Text).Set("ScriptName", at.File).Set("PositionMessage", position)
}

func commandNamed(name string) any {
	if name == "" {
		return nil
	}
	o := value.NewObject("System.Management.Automation.CommandInfo").Set("Name", name)
	o.Text = func() string { return name }
	return o
}
