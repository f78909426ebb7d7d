package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"sort"
	"strings"
	"text/template"

	"github.com/Masterminds/sprig"
	"sigs.k8s.io/yaml"
)

// A template that includes itself is a fault of the chart; Helm stops there as well.
const includeDepthMax = 1000

// render executes every template that prints something, and answers by its path within the chart.
func render(c chart, values map[string]interface{}, o options) (map[string]string, error) {
	set := template.New("chart").Option("missingkey=zero")
	set.Funcs(functions(set))
	var names []string
	for name, text := range c.templates {
		if _, err := set.New(c.name() + "/" + name).Parse(text); err != nil {
			return nil, fmt.Errorf("parse error at (%s/%s): %w", c.name(), name, err)
		}
		names = append(names, name)
	}
	sort.Strings(names)
	rendered := map[string]string{}
	for _, name := range names {
		if strings.HasPrefix(name[strings.LastIndex(name, "/")+1:], "_") {
			continue
		}
		var out bytes.Buffer
		scope := scopeOf(c, values, o, name)
		if err := set.ExecuteTemplate(&out, c.name()+"/"+name, scope); err != nil {
			return nil, plain(err)
		}
		rendered[name] = strings.ReplaceAll(out.String(), "<no value>", "")
	}
	return rendered, nil
}

// plain makes the sentence of `fail` and `required` the last part of the message, as Helm prints it.
func plain(err error) error {
	var told told
	if errors.As(err, &told) {
		return fmt.Errorf("execution error: %s", string(told))
	}
	return err
}

// told is what a chart says to its user.
type told string

func (t told) Error() string { return string(t) }

func scopeOf(c chart, values map[string]interface{}, o options, name string) map[string]interface{} {
	about := map[string]interface{}{}
	for key, value := range c.metadata {
		about[strings.ToUpper(key[:1])+key[1:]] = value
	}
	return map[string]interface{}{
		"Values": values,
		"Chart":  about,
		"Files":  c.files,
		"Release": map[string]interface{}{
			"Name": o.release, "Namespace": o.namespace, "Service": "Helm",
			"IsInstall": true, "IsUpgrade": false, "Revision": 1,
		},
		"Capabilities": map[string]interface{}{
			"KubeVersion": map[string]interface{}{"Version": o.kubeVersion, "GitVersion": o.kubeVersion},
			"APIVersions": apiVersions(o.apiVersions),
		},
		"Template": map[string]interface{}{
			"Name": c.name() + "/" + name, "BasePath": c.name() + "/templates",
		},
	}
}

type apiVersions []string

func (a apiVersions) Has(version string) bool {
	for _, known := range a {
		if known == version {
			return true
		}
	}
	return false
}

func functions(set *template.Template) template.FuncMap {
	made := sprig.TxtFuncMap()
	delete(made, "env")
	delete(made, "expandenv")
	depth := 0
	made["include"] = func(name string, scope interface{}) (string, error) {
		if depth++; depth > includeDepthMax {
			return "", fmt.Errorf("%s includes itself", name)
		}
		defer func() { depth-- }()
		var out bytes.Buffer
		err := set.ExecuteTemplate(&out, name, scope)
		return out.String(), err
	}
	made["tpl"] = func(text string, scope interface{}) (string, error) {
		copied, err := set.Clone()
		if err != nil {
			return "", err
		}
		inner, err := copied.New("tpl").Parse(text)
		if err != nil {
			return "", err
		}
		var out bytes.Buffer
		err = inner.Execute(&out, scope)
		return out.String(), err
	}
	made["required"] = func(message string, value interface{}) (interface{}, error) {
		if value == nil || value == "" {
			return nil, told(message)
		}
		return value, nil
	}
	made["fail"] = func(message string) (string, error) { return "", told(message) }
	made["lookup"] = func(string, string, string, string) map[string]interface{} {
		return map[string]interface{}{} // as `helm template` does without a cluster
	}
	made["toYaml"] = func(value interface{}) string {
		text, err := yaml.Marshal(value)
		if err != nil {
			return ""
		}
		return strings.TrimSuffix(string(text), "\n")
	}
	made["fromYaml"] = func(text string) map[string]interface{} {
		value := map[string]interface{}{}
		if err := yaml.Unmarshal([]byte(text), &value); err != nil {
			value["Error"] = err.Error()
		}
		return value
	}
	made["fromJson"] = func(text string) map[string]interface{} {
		value := map[string]interface{}{}
		if err := json.Unmarshal([]byte(text), &value); err != nil {
			value["Error"] = err.Error()
		}
		return value
	}
	return made
}
