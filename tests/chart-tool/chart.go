package main

import (
	"encoding/json"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"sigs.k8s.io/yaml"
)

type chart struct {
	metadata  map[string]interface{}
	values    map[string]interface{}
	schema    []byte
	templates map[string]string // by path within the chart, such as templates/a.yaml
	files     files             // everything that is neither template nor the chart's own
}

func (c chart) name() string { return fmt.Sprint(c.metadata["name"]) }

func loadChart(folder string) (chart, error) {
	loaded := chart{templates: map[string]string{}, files: files{}}
	err := filepath.WalkDir(folder, func(path string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		name, err := filepath.Rel(folder, path)
		if err != nil {
			return err
		}
		content, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		switch {
		case name == "Chart.yaml":
			return yaml.UnmarshalStrict(content, &loaded.metadata)
		case name == "values.yaml":
			return yaml.UnmarshalStrict(content, &loaded.values)
		case name == "values.schema.json":
			loaded.schema = content
		case strings.HasPrefix(name, "templates/"):
			loaded.templates[name] = string(content)
		default:
			loaded.files[name] = content
		}
		return nil
	})
	if err == nil && loaded.metadata["apiVersion"] != "v2" {
		err = fmt.Errorf("%s/Chart.yaml: apiVersion must be v2", folder)
	}
	return loaded, err
}

// mergedValues lays the files of -f over the chart's values, then --set. A null removes a default.
func mergedValues(c chart, o options) (map[string]interface{}, error) {
	values := c.values
	for _, path := range o.valueFiles {
		content, err := os.ReadFile(path)
		if err != nil {
			return nil, err
		}
		given := map[string]interface{}{}
		if err := yaml.UnmarshalStrict(content, &given); err != nil {
			return nil, fmt.Errorf("%s: %w", path, err)
		}
		values = merge(values, given)
	}
	for _, set := range o.sets {
		path, text, found := strings.Cut(set, "=")
		if !found {
			return nil, fmt.Errorf("--set %s: expected NAME=VALUE", set)
		}
		var value interface{}
		if err := yaml.Unmarshal([]byte(text), &value); err != nil {
			return nil, fmt.Errorf("--set %s: %w", set, err)
		}
		names := strings.Split(path, ".")
		for i := len(names) - 1; i >= 0; i-- {
			value = map[string]interface{}{names[i]: value}
		}
		values = merge(values, value.(map[string]interface{}))
	}
	return values, nil
}

func merge(under, over map[string]interface{}) map[string]interface{} {
	merged := map[string]interface{}{}
	for name, value := range under {
		merged[name] = value
	}
	for name, value := range over {
		below, isTable := merged[name].(map[string]interface{})
		table, overTable := value.(map[string]interface{})
		switch {
		case value == nil:
			delete(merged, name)
		case isTable && overTable:
			merged[name] = merge(below, table)
		default:
			merged[name] = value
		}
	}
	return merged
}

func mustJSON(value interface{}) []byte {
	text, err := json.Marshal(value)
	if err != nil {
		panic(err)
	}
	return text
}
