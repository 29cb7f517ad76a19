package dotnet

import (
	"fmt"

	"github.com/fedroute/fedroute/lyncsim/powershell/value"
)

// Instance is an object in the form in which CLIXML writes it: names of types, text,
// properties of the class, and properties that were added. A dictionary has entries in
// place of the text. Each part may be empty. The messages of PowerShell Remoting are
// Instances that only have added properties.
type Instance struct {
	Types        []string
	Text         string
	Entries      *value.Hashtable
	Props, Notes []value.Property
}

func (s *serializer) instance(indent int, i *Instance, depth int) error {
	if i.Entries != nil {
		if err := s.table(indent, i.Entries, depth); err != nil {
			return err
		}
	} else if len(i.Types) > 0 {
		s.line(indent, "<ToString>"+EscapeCLIXML(i.Text)+"</ToString>")
	}
	for _, part := range []struct {
		tag  string
		list []value.Property
	}{{"Props", i.Props}, {"MS", i.Notes}} {
		if len(part.list) == 0 {
			continue
		}
		s.line(indent, "<"+part.tag+">")
		for _, p := range part.list {
			if err := s.value(indent+1, p.Name, p.Value, depth); err != nil {
				return err
			}
		}
		s.line(indent, "</"+part.tag+">")
	}
	return nil
}

// recordInstance is an error record without the details of its invocation, which a
// client may leave out (MS-PSRP 2.2.3.15).
func recordInstance(r *value.ErrorRecord) *Instance {
	number, ok := value.Category.Parse(r.Category)
	if !ok {
		number = value.Category.Of("NotSpecified")
	}
	reason, targetName, targetType := r.Exception.ShortType(), "", ""
	if r.Target != nil {
		targetName, targetType = value.Text(r.Target), value.ShortName(value.TypeName(r.Target))
	}
	i := &Instance{
		Types: []string{"System.Management.Automation.ErrorRecord", "System.Object"}, Text: r.Message(),
		Notes: []value.Property{
			{Name: "Exception", Value: r.Exception},
			{Name: "TargetObject", Value: shown(r.Target)},
			{Name: "FullyQualifiedErrorId", Value: r.FullID()},
			{Name: "InvocationInfo"},
			{Name: "ErrorCategory_Category", Value: int32(number.Value)},
			{Name: "ErrorCategory_Activity", Value: r.Activity},
			{Name: "ErrorCategory_Reason", Value: reason},
			{Name: "ErrorCategory_TargetName", Value: targetName},
			{Name: "ErrorCategory_TargetType", Value: targetType},
			{Name: "ErrorCategory_Message", Value: fmt.Sprintf("%s: (%s:%s) [%s], %s", number, targetName, targetType, r.Activity, reason)},
		},
	}
	if r.Details != "" {
		i.Notes = append(i.Notes, value.Property{Name: "ErrorDetails_Message", Value: r.Details}, value.Property{Name: "ErrorDetails_RecommendedAction"})
	}
	i.Notes = append(i.Notes, value.Property{Name: "SerializeExtendedInfo", Value: false})
	return i
}

// shown is a target in a form that can be written: its text, when it is an object.
func shown(target any) any {
	if _, _, ok := primitive(target); ok || target == nil {
		return target
	}
	return value.Text(target)
}

func exceptionInstance(e *value.Exception) *Instance {
	var inner any
	if e.Inner != nil {
		inner = e.Inner
	}
	all := value.NewObject().Set("Message", e.Message).Set("InnerException", inner).Set("HResult", hresult(e))
	if e.Props != nil {
		for _, p := range e.Props.Properties() {
			all.Set(p.Name, shown(p.Value))
		}
	}
	return &Instance{Types: Ancestors(e), Text: e.Type + ": " + e.Message, Props: all.Properties()}
}
