package powershell

import (
	"time"

	"github.com/fedroute/fedroute/lyncsim/powershell/dotnet"
	"github.com/fedroute/fedroute/lyncsim/powershell/syntax"
	"github.com/fedroute/fedroute/lyncsim/powershell/value"
)

func isTime(v any) bool {
	switch v.(type) {
	case value.DateTime, time.Duration:
		return true
	}
	return false
}

// addTime is + with a date or time span on the left.
func (f *frame) addTime(left, right any) (any, error) {
	span, err := f.cast(right, dotnet.MustLookup("timespan"))
	if err != nil {
		return nil, err
	}
	switch l := left.(type) {
	case value.DateTime:
		l.Time = l.Time.Add(span.(time.Duration))
		return l, nil
	case time.Duration:
		return l + span.(time.Duration), nil
	}
	return f.arithmetic(syntax.Plus, nil, left)
}

// subtractTime is - between dates and time spans.
func (f *frame) subtractTime(left, right any) (any, error) {
	switch l := left.(type) {
	case value.DateTime:
		if r, ok := right.(time.Duration); ok {
			l.Time = l.Time.Add(-r)
			return l, nil
		}
		r, err := f.cast(right, dotnet.MustLookup("datetime"))
		if err != nil {
			return nil, err
		}
		return l.Time.Sub(r.(value.DateTime).Time), nil
	case time.Duration:
		r, err := f.cast(right, dotnet.MustLookup("timespan"))
		if err != nil {
			return nil, err
		}
		return l - r.(time.Duration), nil
	}
	if span, ok := right.(time.Duration); ok && value.IsNumber(left) {
		n, _ := value.ToInt(left)
		return time.Duration(n)*100 - span, nil
	}
	return nil, f.refuse("arithmetic with a date on the right")
}
